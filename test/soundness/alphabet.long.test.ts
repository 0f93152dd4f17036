import './alphabet.test.ts'
