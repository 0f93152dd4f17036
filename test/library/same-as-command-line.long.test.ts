import './same-as-command-line.test.ts'
