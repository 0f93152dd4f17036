import './legal.test.ts'
