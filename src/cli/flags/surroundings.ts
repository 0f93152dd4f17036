import { type Command, InvalidArgumentError } from 'commander'
import { AUTHENTICATIONS, type Authentication, type Configuration, canonical } from '../../model/index.ts'
import { meant } from '../../model/nearest.ts'
import { flagText } from '../../report/text/command-line.ts'
import { collected, type NetworkFlags, network } from './parse.ts'

/** The flags of a sweep that may say several things, each of them a place of its own. */
export interface SurroundingsFlags {
  readonly auth?: readonly Authentication[]
  readonly network?: readonly NetworkFlags[]
}

/** One kind of surroundings: what messages are worth there, and what becomes of them. */
export interface SweptSurroundings {
  /** The flags that tell it from the others of its sweep; empty where there are no others. */
  readonly label: string
  readonly configuration: Pick<Configuration, 'auth' | 'network'>
}

/** `signatures,channels`: a value has no comma of its own, so commas separate several, as on other axes. */
function authentications(text: string, before: readonly Authentication[] | undefined): readonly Authentication[] {
  const list = collected(text, before) as Authentication[]
  const odd = list.find((name) => !AUTHENTICATIONS.includes(name))
  if (odd === undefined) return [...new Set(list)]
  const near = meant(odd, AUTHENTICATIONS)
  throw new InvalidArgumentError(
    `"${odd}" is not a kind of authentication; ${near ? `did you mean ${near}?` : `known are ${AUTHENTICATIONS.join(', ')}.`}`,
  )
}

/** A list with commas is one network here as elsewhere: saying the flag again adds another. */
function networks(text: string, before: readonly NetworkFlags[] | undefined): readonly NetworkFlags[] {
  const one = network(text)
  const known = before ?? []
  return known.some((other) => canonical(other) === canonical(one)) ? known : [...known, one]
}

/** Adds the flags of a command that looks at several kinds of surroundings. */
export function addSurroundingsFlags(command: Command): Command {
  return command
    .option(
      '--auth <KINDS>',
      'how messages are authenticated: signatures, channels or none; signatures,none for both',
      authentications,
    )
    .option('--network <LIST>', 'what the network does: duplicate,lose,fifo,gossip, or none; may be repeated', networks)
}

/** Every combination of what was said, in the order in which it was said. */
export function surroundingsOf({ auth, network: several }: SurroundingsFlags): readonly SweptSurroundings[] {
  const words = (name: string, value: unknown, all: readonly unknown[] | undefined): string[] =>
    all && all.length > 1 ? flagText(name, value) : []
  return (auth ?? [undefined]).flatMap((kind) =>
    (several ?? [undefined]).map((one) => ({
      label: [...words('auth', kind, auth), ...words('network', one, several)].join(' '),
      configuration: { ...(kind ? { auth: kind } : {}), ...(one ? { network: one } : {}) },
    })),
  )
}
