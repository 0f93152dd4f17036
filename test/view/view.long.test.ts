import './view.test.ts'
