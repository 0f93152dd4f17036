import { crash } from './crash.ts'
import { echo } from './echo.ts'
import { equivocate } from './equivocate.ts'
import { extend } from './extend.ts'
import { forge } from './forge.ts'
import { fork } from './fork.ts'
import { published } from './published.ts'
import { replayOldMessages } from './replay.ts'
import { showToOne } from './show-to-one.ts'
import { silent } from './silent.ts'
import { splitBrain } from './split-brain.ts'
import { stale } from './stale.ts'
import type { Strategy } from './strategy.ts'
import { twoStories } from './two-stories.ts'
import { viewTwins } from './view-twins.ts'
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
  viewTwins,
  fork,
  extend,
  twoStories,
  stale,
  showToOne,
]
