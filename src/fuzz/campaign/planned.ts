import { forge, type Strategy } from '../../adversary/index.ts'
import { Outlook } from '../outlook/outlook.ts'
import { drawFeatures, type Features } from '../run/features.ts'
import type { SettingContext } from '../run/setting-context.ts'
import { byPlan } from '../schedule/by-plan.ts'
import type { Choices } from '../schedule/choices.ts'
import type { Chooser } from '../schedule/chooser.ts'

/**
 * From this run on, one of so many in each setting goes by a plan, and fewer once plans have had their chance: such a run
 * may take as long as a hundred others.
 */
export const PLANNED_FROM = 10_000
const OFTEN = 16
const OFTEN_UNTIL = 50_000
const SELDOM = 256

/** Which runs go by a plan. What all others draw does not depend on it. */
export class PlannedRuns {
  readonly #settings: number
  readonly #strategies: readonly Strategy[]
  readonly #isOn: boolean
  readonly #isAlone: boolean
  /** By setting, all that can happen there; nothing where that is too much. */
  readonly #outlooks = new Map<number, Outlook | undefined>()

  constructor(settings: number, strategies: readonly Strategy[], schedulers: readonly Chooser[]) {
    this.#settings = settings
    // It goes best with a coalition that can send whatever a plan takes.
    const forging = strategies.filter((strategy) => strategy === forge)
    this.#strategies = forging.length > 0 ? forging : strategies
    this.#isOn = schedulers.includes(byPlan)
    this.#isAlone = this.#isOn && schedulers.length === 1
  }

  /** What is switched on in a run that goes by a plan; nothing where there are no plans. */
  features(
    run: number,
    choices: Choices,
    contextOf: (setting: number) => SettingContext | undefined,
    stop?: () => boolean,
  ): Features | undefined {
    const outlook = this.#outlook(run % this.#settings, contextOf, stop)
    const settingContext = outlook && contextOf(run % this.#settings)
    if (!settingContext) return undefined
    const drawn = drawFeatures(settingContext, choices, this.#strategies, [byPlan], undefined, { outlook })
    return { ...drawn, horizon: Number.POSITIVE_INFINITY }
  }

  /** Is a run to go by a plan? Where plans are asked for alone, all are. */
  isPlanned(run: number): boolean {
    if (this.#isAlone || !this.#isOn) return this.#isAlone
    return run >= PLANNED_FROM && Math.floor(run / this.#settings) % (run < OFTEN_UNTIL ? OFTEN : SELDOM) === 0
  }

  /** Where the first setting is too large, the others are not tried: they are about as large. */
  #outlook(
    setting: number,
    contextOf: (setting: number) => SettingContext | undefined,
    stop?: () => boolean,
  ): Outlook | undefined {
    if (setting > 0 && !this.#outlook(0, contextOf, stop)) return undefined
    if (!this.#outlooks.has(setting)) {
      const settingContext = contextOf(setting)
      const outlook = settingContext && Outlook.of(settingContext, stop)
      if (stop?.()) return undefined
      this.#outlooks.set(setting, outlook)
    }
    return this.#outlooks.get(setting)
  }
}
