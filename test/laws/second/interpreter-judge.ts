/** What claims see of a global state, and whether it breaks them. */
import { type Claim, textOf } from './interpreter-library.ts'
import type { Fresh, Space, World } from './interpreter-space.ts'

export class Judge {
  readonly space: Space
  readonly #judged = new Map<string, boolean>()

  constructor(space: Space) {
    this.space = space
  }

  /** Is the claim broken, or reached, by what a step led to? */
  judges(claim: Claim, world: World, fresh: Fresh): boolean {
    const { setting } = this.space.sharedTables
    const readsSoup = claim.reads?.includes('soup') === true
    const key = `${claim.name}|${world.outputs.join(';')}${readsSoup ? `|${world.said.join()}|${fresh.join(';')}` : ''}`
    let found = this.#judged.get(key)
    if (found === undefined) {
      const plain = (at: number, list: readonly number[]) =>
        (this.space.correct.includes(at) ? list : [])
          .map((one) => ({ at, output: JSON.parse(this.space.outputs.all[one]!) }))
          .filter(({ output }) => isRead(claim, output))
      const words = new Map(
        world.said.map((number) => [
          textOf([this.space.envelopes[number]!.from, this.space.envelopes[number]!.message]),
          this.space.envelopes[number]!,
        ]),
      )
      const sorted = [...words].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { from, message }]) => ({ from, message }))
      const outcome = {
        ...{ setting, correct: this.space.correct },
        outputs: world.outputs.flatMap((list, index) => plain(this.space.running[index]!, list)),
        fresh: fresh.flatMap(([at, list]) => plain(at, list)),
        soup: readsSoup
          ? sorted.filter(
              ({ from, message }) =>
                this.space.correct.includes(from) && (!claim.words || claim.words.includes(message.type)),
            )
          : [],
      }
      found = Boolean(claim.judge(outcome))
      this.#judged.set(key, found)
    }
    return found
  }
}

function isRead(claim: Claim, output: any): boolean {
  if (output === null || typeof output !== 'object' || !('note' in output)) return true
  if (!claim.reads?.includes('notes')) return false
  return (
    !claim.notes ||
    claim.notes.some((key) => output.note !== null && typeof output.note === 'object' && key in output.note)
  )
}
