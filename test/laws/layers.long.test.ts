import './layers.test.ts'
