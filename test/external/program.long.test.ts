import './program.test.ts'
