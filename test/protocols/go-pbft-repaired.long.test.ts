import './go-pbft-repaired.test.ts'
