import './paxos.test.ts'
