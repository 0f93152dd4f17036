import {
  type AnyMessage,
  type Ask,
  canonical,
  firstEnough,
  headsOf,
  type Inbox,
  leastOf,
  nameOf,
  type Program,
  type Proof,
  weightOf,
} from '../model/index.ts'
import {
  type Acting,
  distinctWords,
  type Evidence,
  eventOf,
  evidenceAt,
  fire,
  inboxOf,
  isActing,
  type ProvedMessage,
  type Step,
  type System,
  senders,
  textOfWord,
  triggerOf,
  type Witness,
} from '../system/index.ts'

/**
 * What a possible step carries that nothing asks for: a proof that nobody needs, more words in a proof than it counts,
 * evidence that no question of the rule used. It changes nothing where it stands, but a reader would take it for a
 * reason, and in a healed run what a Byzantine replica said in it would be heard again.
 */
export function excess(program: Program, before: System, step: Step): string | undefined {
  const words = [
    ...('on' in step ? [step.on] : []),
    ...('with' in step ? (step.with ?? []).filter((one) => typeof one !== 'number') : []),
  ]
  for (const word of words) {
    const found = inProof(program, word)
    if (found) return found
  }
  return isActing(step) && step.with ? inEvidence(program, before, step, step.with) : undefined
}

function inProof(program: Program, word: ProvedMessage): string | undefined {
  if (!word.proof) return undefined
  const proof = program.setting.byzantine.includes(word.from) ? program.proofOf(word.message) : undefined
  if (proof) return inWitness(program, proof, word.proof, word)
  return `${shown(program, word)} needs no proof`
}

function inWitness(
  program: Program,
  proof: Proof<AnyMessage>,
  witness: Witness,
  of: ProvedMessage,
): string | undefined {
  if (proof.kind === 'all') {
    const parts = 'all' in witness ? witness.all : []
    return first(parts, (part, i) => inWitness(program, proof.of[i]!, part, of))
  }
  if (proof.kind === 'any')
    return 'any' in witness ? inWitness(program, proof.of[witness.any]!, witness.of, of) : undefined
  const said = 'said' in witness ? witness.said : []
  const enough = firstEnough(proof.q, said, ({ from }) => from)
  if (enough && said.length > enough.length)
    return `the proof of ${shown(program, of)} takes ${enough.length} messages, and there are ${said.length}`

  return first(said, (word) => inProof(program, word))
}

function first<T>(list: readonly T[], find: (item: T, i: number) => string | undefined): string | undefined {
  for (const [i, item] of list.entries()) {
    const found = find(item, i)
    if (found) return found
  }
  return undefined
}

function shown({ setting }: Program, { from, message }: ProvedMessage): string {
  return `${canonical(message).slice(0, 200)} of ${nameOf(from, setting.n)}`
}

/** A question that was asked, and how many words other than the trigger it has room for. */
interface Asked {
  /** Words that counted for it when it was asked: a match may look at a state that its rule goes on to change. */
  readonly matching: readonly ProvedMessage[]
  readonly role: Ask['role']
  readonly room: number
  readonly filled: number[]
}

/**
 * Is each piece of evidence there for some question? A `take` uses what it was handed; a `need` has room for as many
 * words as it counts, the trigger among them. Pieces are given to questions as a matching is made larger.
 */
function inEvidence(program: Program, before: System, step: Acting, named: readonly Evidence[]): string | undefined {
  const { at } = step
  const triggers = triggerOf(step)
  const said = evidenceAt(program, before, at)
  const pieces = named.map((one): readonly ProvedMessage[] =>
    typeof one === 'number' ? said.filter(({ from }) => from === one) : [one],
  )
  const seen = new Set(triggers.map(textOfWord))
  const words = [...pieces.flat(), ...triggers]
  const answer = inboxOf(program, distinctWords(words))
  const needs: Asked[] = []
  const taken = new Set<ProvedMessage>()
  const ordered = new Set<ProvedMessage>()
  const inbox: Inbox = (ask) => {
    const matching = words.filter((word) => ask.match(word.message, word.from) && weightOf(ask.q, word.from) > 0)
    if (ask.kind === 'take') {
      const chosen = senders(program, matching, ask.role)
        .slice(0, headsOf(ask.q))
        .map((id) => matching.find(({ from }) => from === id)!)
      for (const word of chosen) taken.add(word)
      // A trigger that is named, so that it comes before another word that would be taken in its place.
      const rivals = matching.filter((word) => !chosen.includes(word) && !seen.has(textOfWord(word)))
      if (rivals.length > 0) for (const word of chosen) ordered.add(word)
    } else {
      const weights = (list: readonly ProvedMessage[]): number[] =>
        senders(program, list, ask.role).map((id) => weightOf(ask.q, id))
      const left = weights(matching.filter((word) => triggers.includes(word))).reduce(
        (least, weight) => least - weight,
        leastOf(ask.q),
      )
      needs.push({ matching, role: ask.role, room: Math.ceil(left / Math.min(...weights(matching))), filled: [] })
    }
    return answer(ask)
  }
  fire(program, at, before.locals[at]!, eventOf(step), inbox)
  const fits = (piece: number, { matching, role }: Asked): boolean =>
    pieces[piece]!.some((word) => matching.includes(word) && senders(program, [word], role).length > 0)
  const place = (piece: number, tried: Set<Asked>): boolean =>
    needs.some((need) => {
      if (tried.has(need) || !fits(piece, need)) return false
      tried.add(need)
      const { filled, room } = need
      if (filled.length < room) return filled.push(piece) > 0
      const i = filled.findIndex((other) => place(other, tried))
      if (i < 0) return false
      filled[i] = piece
      return true
    })
  for (const [i, one] of named.entries()) {
    const name =
      typeof one === 'number'
        ? `the evidence of ${nameOf(one, program.setting.n)}`
        : `the evidence ${shown(program, one)}`
    const isNew = pieces[i]!.some(
      (word) => !seen.has(textOfWord(word)) || (typeof one !== 'number' && ordered.has(word)),
    )
    for (const word of pieces[i]!) seen.add(textOfWord(word))
    if (isNew && (pieces[i]!.some((word) => taken.has(word)) || place(i, new Set()))) continue
    return `${name} is superfluous: no question of ${'rule' in step ? `rule ${step.rule}` : 'its handler'} uses it`
  }
  return undefined
}
