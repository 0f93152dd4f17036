import './diagrams.test.ts'
