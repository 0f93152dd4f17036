import './example.test.ts'
