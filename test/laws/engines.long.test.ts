import './engines.test.ts'
