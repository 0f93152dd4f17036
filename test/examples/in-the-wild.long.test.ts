import './in-the-wild.test.ts'
