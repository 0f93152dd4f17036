import './values.test.ts'
