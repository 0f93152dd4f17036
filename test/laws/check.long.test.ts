import './check.test.ts'
