import { verdictsOf } from './check-verdicts.ts'

verdictsOf(/^(asyncio|go)-pbft/)
