import './unsound-passes.test.ts'
