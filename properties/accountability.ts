/** Whoever makes correct replicas decide differently can be named, and shown to anybody. */
import {
  convicted,
  type Invariant,
  type Law,
  type Liveness,
  liveness,
  nameOf,
  type Setting,
} from '../src/model/index.ts'
import type { Named } from './claims.ts'

const CRIMES = {
  equivocation: 'equivocation',
  amnesia: 'amnesia',
  unjustified: 'a message that nothing justifies',
}

/** Are messages signed, and at most 2f replicas Byzantine? More are a quorum by themselves, without a correct witness. */
export const isAccountable = ({ auth, byzantine, f }: Setting): boolean =>
  auth === 'signatures' && byzantine.length <= 2 * f

interface Described extends Named {
  readonly about?: string
  /** Where it is promised, if that is less. */
  readonly promised?: string
  readonly promise?: (setting: Setting) => boolean
}

/**
 * If two correct replicas decide differently, which `agreement` sees, then the messages that correct replicas hold convict f + 1 replicas: as many
 * as two quorums share. And they never convict a correct one, whatever anybody decides.
 */
export function accountability<O>(agreement: Invariant<O>, law: Law, described: Described = {}): Liveness<O> {
  return liveness(
    {
      name: 'accountability',
      about: 'If correct replicas decide differently, f + 1 replicas are convicted; a correct one never is.',
      promised: 'b ≤ 2f, and messages are signed',
      promise: isAccountable,
      ...described,
      healing: 'deliveries',
      reads: ['held'],
    },
    (after) => {
      const { setting, correct, held } = after
      const name = (id: number): string => nameOf(id, setting.n)
      const proofs = setting.auth === 'signatures' ? convicted(held, law, setting) : []
      const wronged = proofs.find(({ of }) => correct.includes(of))
      if (wronged) return `${name(wronged.of)} follows the protocol, and is convicted of ${CRIMES[wronged.crime]}`
      const culprits = [...new Set(proofs.map(({ of }) => of))].sort((a, b) => a - b)
      const broken = culprits.length > setting.f ? undefined : agreement.broken(after)
      if (!broken) return undefined
      const who = culprits.length === 0 ? 'nobody' : `only ${culprits.map(name).join(', ')}`
      return `${broken}, and ${who} is convicted, where f + 1 = ${setting.f + 1} should be`
    },
  )
}

/**
 * Not true of every protocol, and said because it is often believed: that a fork is made by replicas that all equivocate, or
 * that all do something else.
 */
export function allEquivocateOrNone<O>(agreement: Invariant<O>, law: Law, described: Described = {}): Liveness<O> {
  return liveness(
    {
      name: 'all-equivocate-or-none',
      about: 'If correct replicas decide differently, f + 1 replicas are convicted of equivocation, or none is.',
      ...described,
      healing: 'deliveries',
      reads: ['held'],
    },
    (after) => {
      const { setting, held } = after
      const culprits = [...new Set(convicted(held, { once: law.once }, setting).map(({ of }) => of))]
      if (culprits.length === 0 || culprits.length > setting.f) return undefined
      const broken = agreement.broken(after)
      return (
        broken &&
        `${broken}, and of equivocation only ${culprits.map((id) => nameOf(id, setting.n)).join(', ')} is convicted`
      )
    },
  )
}
