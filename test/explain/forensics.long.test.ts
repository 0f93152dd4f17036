import './forensics.test.ts'
