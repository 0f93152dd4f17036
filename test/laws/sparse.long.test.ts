import './sparse.test.ts'
