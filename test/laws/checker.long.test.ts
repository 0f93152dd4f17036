import './checker.test.ts'
