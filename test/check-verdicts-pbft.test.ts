import { verdictsOf } from './check-verdicts.ts'

verdictsOf(/^pbft/)
