import './small-protocols.test.ts'
