import { type Command, InvalidArgumentError, type Option } from 'commander'
import { UsageError } from '../model/index.ts'
import { didYouMean } from '../model/nearest.ts'
import { assertKind, OBJECT, shownValue } from '../model/shape.ts'

/** What a list is written with; a word that has one of these in it is several. */
const SEPARATORS = /[,;=]/

/**
 * The flags of a command from an object of options: by the names, and read by the parsers, that the command has.
 * @param own names of options that are no flags of it
 * @param left names of flags that are no options
 * @throws UsageError for an option that there is not, and for a value that the command line would refuse
 */
export function flagsOf<Flags>(
  command: Command,
  options: object,
  own: readonly string[] = [],
  left: readonly string[] = [],
): Flags {
  const name = command.name()
  assertKind(`the options of ${name}`, OBJECT, options)
  const known = new Map(command.options.map((option) => [option.attributeName(), option]))
  for (const name of left) known.delete(name)
  const flags: Record<string, unknown> = {}
  // What the command line does not have cannot be looked up there.
  const help = command.description() === '' ? 'see docs/api.md' : `see turncoat ${name} --help`
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || own.includes(key)) continue
    const option = known.get(key)
    if (!option) {
      const names = [...known.keys(), ...own].sort()
      throw new UsageError(
        `${name} has no option called ${key}`,
        didYouMean(key, names, `there are ${names.join(', ')}`),
      )
    }
    flags[key] = option.isBoolean() || option.negate ? switchOf(key, value) : parsed(option, key, value, help)
  }
  return flags as Flags
}

function switchOf(key: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new UsageError(`${key} is ${shownValue(value)}`, 'give true or false')
}

function parsed(option: Option, key: string, value: unknown, help: string): unknown {
  const parse = option.parseArg as ((text: string, before: unknown) => unknown) | undefined
  if (!parse) return textOf(key, value)
  // A parser that adds to what it was given before takes one item at a time.
  const isGathering = option.variadic || parse.length > 1
  const texts = isGathering && Array.isArray(value) ? value.map((item) => textOf(key, item)) : [written(key, value)]
  let result: unknown
  for (const text of texts) {
    try {
      result = parse(text, result)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      const message = `option '${option.flags}' argument '${text}' is invalid. ${error.message}`
      throw new UsageError(message.replace(/\.$/, ''), help)
    }
  }
  return result
}

/** A value as it is typed behind its flag. */
function written(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? value.map((item) => wordOf(key, item)).join(',') : 'none'
  if (!OBJECT.is(value)) return textOf(key, value)
  const lists = Object.entries(value as object).map(([id, list]): readonly [string, unknown[]] => {
    if (!Array.isArray(list)) throw new UsageError(`${key} of ${id} is ${shownValue(list)}`, 'give a list of values')
    return [id, list]
  })
  const given = lists.filter(([, list]) => list.length > 0)
  return given.map(([id, list]) => `${id}=${list.map((item) => wordOf(key, item)).join(',')}`).join(';') || 'none'
}

function wordOf(key: string, item: unknown): string {
  const text = textOf(key, item)
  if (text !== '' && !SEPARATORS.test(text)) return text
  throw new UsageError(`${key} has ${shownValue(item)} in it`, 'give values without , ; and =')
}

function textOf(key: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new UsageError(
    `${key} is ${shownValue(value)}`,
    'give what its flag takes: a text, a number, or a list of them',
  )
}
