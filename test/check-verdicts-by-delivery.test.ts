import { verdictsOf } from './check-verdicts.ts'

verdictsOf(/^bracha-by-delivery/)
