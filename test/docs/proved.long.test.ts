import './proved.test.ts'
