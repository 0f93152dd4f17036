import './closing.test.ts'
