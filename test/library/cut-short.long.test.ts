import './cut-short.test.ts'
