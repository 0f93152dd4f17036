import { remembered } from '../../model/index.ts'
import { Actions } from '../schedule/actions.ts'
import { Judging } from './judging.ts'
import { RunReactions } from './run-reactions.ts'
import type { SettingContext } from './setting-context.ts'

/** What all runs of a setting use, one after another: making it anew takes as long as a short run. */
export class RunParts {
  readonly actions: Actions
  readonly judging: Judging
  readonly reactions: RunReactions

  /** The world of the setting has begun a run. */
  static of(settingContext: SettingContext): RunParts {
    return remembered(known, settingContext, () => new RunParts(settingContext))
  }

  private constructor(settingContext: SettingContext) {
    this.actions = new Actions(settingContext.world)
    this.judging = new Judging(settingContext)
    this.reactions = new RunReactions(settingContext.world)
  }
}

const known = new WeakMap<SettingContext, RunParts>()
