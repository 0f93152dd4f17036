import './exact.test.ts'
