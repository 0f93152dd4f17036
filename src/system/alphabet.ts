import {
  type AnyMessage,
  byText,
  canonical,
  canonicalValue,
  type Id,
  nameOf,
  type Program,
  remembered,
  textOf,
  UsageError,
} from '../model/index.ts'

/** Messages beyond which nobody can go through an alphabet; they take some 100 MB. */
const MOST_LISTED = 100_000
/** To write one of them out, in messages that are looked at. */
const PER_LISTED = 100

/** Every message there is, by its text; nothing where the protocol does not say. */
type Alphabet = ReadonlyMap<string, AnyMessage> | undefined

const alphabets = new WeakMap<Program, { readonly listed: Alphabet }>()

/**
 * Everything that any replica could ever send, in canonical order, where the protocol declares it for this setting.
 *
 * @throws UsageError where what it lists are no messages
 */
export function alphabetOf(program: Program): readonly AnyMessage[] | undefined {
  const listed = listedIn(program)
  return listed && [...listed.values()]
}

function listedIn(program: Program): Alphabet {
  if (!program.protocol.definition.alphabet) return undefined
  const known = remembered(alphabets, program, () => ({ listed: collected(program) }))
  return known.listed
}

function collected({ protocol, setting, rules, effort }: Program): Alphabet {
  const { n, f, values, bounds, clients } = setting
  const messages: unknown = protocol.definition.alphabet?.({ n, f, values, bounds, clients, rules })
  if (messages === undefined) return undefined
  const remedy = 'let `alphabet` return a list of messages, or nothing where there is none for this setting'
  const isList = typeof messages === 'object' && messages !== null && Symbol.iterator in messages
  if (!isList) throw new UsageError(`${protocol.subject}: its alphabet is not a list`, remedy)
  const distinct = new Map<string, AnyMessage>()
  let count = 0
  for (const one of messages as Iterable<AnyMessage>) {
    if (++count > MOST_LISTED) {
      throw new UsageError(
        `${protocol.subject}: its alphabet has more than ${MOST_LISTED} messages with n = ${n}, f = ${f} and ${values.length} values`,
        'choose fewer values, or a smaller n or f',
      )
    }
    effort?.spend(PER_LISTED)
    const message = canonicalValue(one, `${protocol.subject}: its alphabet`, 'message')
    if (typeof message?.type !== 'string') {
      throw new UsageError(
        `${protocol.subject}: its alphabet lists ${canonical(message)}, which is not a message`,
        remedy,
      )
    }
    distinct.set(textOf(message), message)
  }
  return new Map([...distinct].sort(([a], [b]) => byText(a, b)))
}

/** May this be sent at all? Only what the alphabet lists may, where there is one. */
export function isListed(program: Program, message: AnyMessage): boolean {
  return listedIn(program)?.has(textOf(message)) ?? true
}

/**
 * Checks what a correct replica sends against the alphabet: a list that is too short would silently weaken the
 * coalition.
 *
 * @throws UsageError where it is not listed
 */
export function assertListed(program: Program, from: Id, message: AnyMessage): void {
  if (isListed(program, message)) return
  throw new UsageError(
    `${nameOf(from, program.setting.n)} sent ${canonical(message)}, which the protocol's alphabet does not list`,
    'let `alphabet` list every message that a replica can send in any run',
  )
}
