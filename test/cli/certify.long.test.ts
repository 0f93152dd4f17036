import './certify.test.ts'
