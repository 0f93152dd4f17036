import './examine.test.ts'
