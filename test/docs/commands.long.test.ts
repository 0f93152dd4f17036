import './commands.test.ts'
