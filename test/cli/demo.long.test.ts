import './demo.test.ts'
