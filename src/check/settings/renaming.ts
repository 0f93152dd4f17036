import { type Claim, type Id, noException, type Outcome, range, type Setting } from '../../model/index.ts'

/**
 * By id the name in another setting: those who run the protocol keep their order, and so do those who are Byzantine.
 * Nothing where there are not as many of both.
 */
export function renaming(one: Setting, other: Setting): readonly Id[] | undefined {
  if (one.byzantine.length !== other.byzantine.length) return undefined
  const names = new Array<Id>(one.n + one.clients)
  const running = (setting: Setting): Id[] => range(names.length).filter((id) => !setting.byzantine.includes(id))
  const [from, to] = [one, other].map((setting) => [...running(setting), ...setting.byzantine])
  for (const [i, id] of from!.entries()) names[id] = to![i]!
  return names
}

/** Claims that are also asked about every outcome under other names, to see whether they depend on ids. */
export class RenamedClaims {
  readonly claims: readonly Claim<any>[]
  readonly #minding = new Set<string>()
  readonly #known = new Set<string>()
  readonly #renamed: readonly { readonly setting: Setting; readonly names: readonly Id[] }[]

  constructor(claims: readonly Claim<any>[], setting: Setting, others: readonly Setting[]) {
    this.#renamed = others.map((other) => ({ setting: other, names: renaming(setting, other)! }))
    this.claims = this.#renamed.length > 0 ? claims.map((claim) => this.#asked(claim)) : claims
  }

  /** Claims with another verdict under other ids: nothing is known of the other settings then. */
  get minding(): readonly string[] {
    return [...this.#minding].sort()
  }

  #asked(claim: Claim<any>): Claim<any> {
    if (claim === noException) return claim
    const soup = claim.reads.includes('soup')
    if (claim.kind === 'sometimes') {
      const reached = (outcome: Outcome<any>) => {
        const seen = once(outcome)
        const said = claim.reached(seen)
        if (this.#isNew(claim, soup, seen)) this.#compare(claim, (rename) => claim.reached(rename(seen)) === said)
        return said
      }
      return { ...claim, reached }
    }
    const agree = (said: string | undefined, again: string | undefined): boolean =>
      (said === undefined) === (again === undefined)
    if (claim.kind === 'liveness') {
      const broken = (after: Outcome<any>, before: Outcome<any>) => {
        const [then, now] = [once(after), once(before)]
        const said = claim.broken(then, now)
        this.#compare(claim, (rename) => agree(said, claim.broken(rename(then), rename(now))))
        return said
      }
      return { ...claim, broken }
    }
    const broken = (outcome: Outcome<any>) => {
      const seen = once(outcome)
      const said = claim.broken(seen)
      if (this.#isNew(claim, soup, seen)) this.#compare(claim, (rename) => agree(said, claim.broken(rename(seen))))
      return said
    }
    return { ...claim, broken }
  }

  /** Has the claim been asked about just this before? Then its verdict would be the same again. */
  #isNew({ name }: Claim<any>, soup: boolean, outcome: Outcome<any>): boolean {
    const { outputs } = outcome
    const key = `${name} ${JSON.stringify(soup ? [outputs, outcome.fresh, outcome.soup] : outputs)}`
    return !this.#known.has(key) && this.#known.add(key) !== undefined
  }

  /** @param agrees is the verdict on what it looks at the same under other ids? */
  #compare({ name }: Claim<any>, agrees: (rename: (outcome: Outcome<any>) => Outcome<any>) => boolean): void {
    if (this.#minding.has(name)) return
    const minds = this.#renamed.some(({ setting, names }) => !agrees((outcome) => under(outcome, setting, names)))
    if (minds) this.#minding.add(name)
  }
}

/** An outcome as it would be in a setting where everybody has another name. Made on demand, as the outcome itself. */
function under(outcome: Outcome<any>, setting: Setting, names: readonly Id[]): Outcome<any> {
  const said = (list: Outcome<any>['outputs']) => list.map(({ at, output }) => ({ at: names[at]!, output }))
  const words = (list: Outcome<any>['soup']) => list.map(({ from, message }) => ({ from: names[from]!, message }))
  return {
    setting,
    correct: outcome.correct.map((id) => names[id]!).sort((a, b) => a - b),
    get outputs() {
      return said(outcome.outputs)
    },
    get fresh() {
      return said(outcome.fresh)
    },
    get soup() {
      return words(outcome.soup)
    },
    get held() {
      return words(outcome.held)
    },
  }
}

/** The same outcome, whose parts are worked out once each. */
function once(outcome: Outcome<any>): Outcome<any> {
  const known: Partial<Record<'outputs' | 'fresh' | 'soup' | 'held', unknown>> = {}
  const part = <K extends 'outputs' | 'fresh' | 'soup' | 'held'>(name: K): Outcome<any>[K] => {
    known[name] ??= outcome[name]
    return known[name] as Outcome<any>[K]
  }
  return {
    setting: outcome.setting,
    correct: outcome.correct,
    get outputs() {
      return part('outputs')
    },
    get fresh() {
      return part('fresh')
    },
    get soup() {
      return part('soup')
    },
    get held() {
      return part('held')
    },
  }
}
