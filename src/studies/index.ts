import { authentication } from './authentication.ts'
import { cost } from './cost.ts'
import { crashUnderOneByzantine } from './crash-under-one-byzantine.ts'
import { partitions } from './partitions.ts'
import { quorum } from './quorum.ts'
import type { Study } from './study.ts'
import { why3fPlus1 } from './why-3f-plus-1.ts'

/** Every study: one line each. */
export const studies: readonly Study[] = [quorum, why3fPlus1, authentication, partitions, cost, crashUnderOneByzantine]
