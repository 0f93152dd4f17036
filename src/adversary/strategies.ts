import { crash } from './crash.ts'
import { echo } from './echo.ts'
import { equivocate } from './equivocate.ts'
import { forge } from './forge.ts'
import { published } from './published.ts'
import { replayOldMessages } from './replay.ts'
import { silent } from './silent.ts'
import { splitBrain } from './split-brain.ts'
import type { Strategy } from './strategy.ts'
import { withhold } from './withhold.ts'

/** Every strategy: one line each. */
export const strategies: readonly Strategy[] = [
  silent,
  crash,
  equivocate,
  splitBrain,
  echo,
  withhold,
  replayOldMessages,
  forge,
  published,
]
