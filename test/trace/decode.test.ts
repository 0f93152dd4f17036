import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/model/index.ts'
import { decode, encode, jsonSchema, MOST_BYTES, MOST_STEPS } from '../../src/trace/index.ts'
import { overBound, partial, proved, split } from './traces.ts'

async function refusal(text: string): Promise<string> {
  try {
    await decode(text)
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.suggestion}`
    throw error
  }
  throw new Error('the text was read')
}

const text = encode(overBound)

/** The text with a part replaced, which must be there. */
function edited(from: string, to: string): string {
  expect(text).toContain(from)
  return text.replace(from, to)
}

test.each([overBound, split, partial, proved])('what is written is read again, and written the same', async (trace) => {
  const written = encode(trace)
  expect(await decode(written)).toEqual(trace)
  expect(encode(await decode(written))).toBe(written)
})

test('the text is the same for the same trace, one step a line, and ends a line', () => {
  const shuffled = Object.fromEntries(Object.entries(overBound).reverse()) as unknown as typeof overBound
  expect(encode(shuffled)).toBe(text)
  expect(text).toMatch(/^\{\n {2}"turncoat": 2,\n {2}"title": /)
  expect(text.endsWith('}\n')).toBe(true)
  const lines = text.split('\n').filter((line) => line.startsWith('    {"at":'))
  expect(lines).toHaveLength(overBound.steps.length)
  expect(lines[0]).toMatch(
    /^ {4}\{"at":1,"rule":"SEND","on":\{"from":0,"message":\{"type":"SEND","value":"a"\}\},"digest":"[0-9a-f]{16}"\},$/,
  )
})

test('the published schema is the one that is checked', async () => {
  // After a change of the format: npx vitest run test/trace -u
  await expect(await jsonSchema()).toMatchFileSnapshot('../../trace.schema.json')
})

describe('refuses', () => {
  test('a text that is cut off, wherever', async () => {
    for (let length = 0; length < text.length - 2; length += 37) {
      expect(await refusal(text.slice(0, length))).toMatch(/^line \d+(, step \d)?: the trace is cut off/)
    }
    const inStep = text.indexOf('"with"')
    expect(await refusal(text.slice(0, inStep))).toMatch(/^line \d+, step 2: the trace is cut off/)
  })

  test('what is no JSON, or no object', async () => {
    expect(await refusal(edited('"claim":', '"claim" '))).toMatch(/not JSON/)
    expect(await refusal('hello')).toMatch(/not JSON/)
    expect(await refusal('[]')).toMatch(/not a trace/)
    expect(await refusal('null')).toMatch(/not a trace/)
  })

  test('another version before anything else', async () => {
    expect(await refusal('{"turncoat": 3, "__proto__": 1, "news": []}')).toMatch(
      /format 3; this program reads formats 1 to 2 .*newer/,
    )
    expect(await refusal('{"turncoat": "x"}')).toMatch(/no version/)
    expect(await refusal('{"title": "x"}')).toMatch(/not a trace: the key turncoat/)
  })

  test.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('the key %s anywhere', async (key) => {
    const inMessage = edited('{"type":"ECHO","value":"b"}', `{"type":"ECHO","value":"b","${key}":{"x":1}}`)
    expect(await refusal(inMessage)).toMatch(/^line \d+, step 5: .*the key \w+ is not allowed/)
    expect(await refusal(edited('"bounds":{}', `"bounds":{"${key}":1}`))).toMatch(
      /setting\.bounds\.\w+: the key \w+ is not/,
    )
    expect(({} as any).x).toBeUndefined()
  })

  test('nesting of 10,000, in objects and lists, before parsing', async () => {
    const deep = '{"a":['.repeat(5_000) + ']}'.repeat(5_000)
    expect(await refusal(deep)).toMatch(/nested more than 64 deep/)
    expect(await refusal('['.repeat(10_000))).toMatch(/nested more than 64 deep/)
    const inProof = '{"all":['.repeat(5_000) + ']}'.repeat(5_000)
    const spoiled = edited('"value":"a"}}', `"value":"a"},"proof":${inProof}}`)
    expect(await refusal(spoiled)).toMatch(/^line \d+, step 1: brackets/)
    const quoted = edited('Neither can tell', '['.repeat(100))
    expect((await decode(quoted)).story).toContain('['.repeat(100))
  })

  test('what is too large', async () => {
    expect(await refusal(text + ' '.repeat(MOST_BYTES))).toMatch(/more than 5 million characters/)
    const step = '{"at":1,"input":"a","digest":"0123456789abcdef"},'
    expect(await refusal(edited('"steps": [\n', `"steps": [\n${step.repeat(MOST_STEPS)}`))).toMatch(/10006 steps/)
  })

  test('unknown keys, with the one that was meant', async () => {
    expect(await refusal(edited('"claim":', '"clame":'))).toMatch(
      /^line \d+: clame: .*no key clame.*did you mean claim/,
    )
    expect(await refusal(edited('"rule":', '"rul":'))).toMatch(
      /^line \d+, step 1: rul: .*no key rul .*did you mean rule/,
    )
    expect(await refusal(edited('"network":', '"netwrok":'))).toMatch(/setting\.netwrok: .*did you mean network/)
    expect(await refusal(edited('"from":3', '"form":3'))).toMatch(/step 2: with\[1\]\.form: .*did you mean from/)
  })

  test('keys given twice', async () => {
    expect(await refusal(edited('"claim":', '"claim": "validity",\n  "claim":'))).toMatch(/^line \d+: claim: .*twice/)
    expect(await refusal(edited('"at":1', '"at":2,"at":1'))).toMatch(/step 1: at: .*twice/)
  })

  test.each([
    ['"at":1', '"at":-1', /step 1: at: /],
    ['"at":1', '"at":"1"', /step 1: at: expected number/],
    ['{"type":"SEND",', '{"type":7,', /step 1: on\.message\.type: expected string/],
    ['"n":4', '"n":1e999', /setting\.n: .*too large/],
    ['"value":"a"', '"value":-1e999', /step 1: on\.message\.value: .*too large/],
    ['Built by hand', 'Built \\u001b[2J', /title: .*control character/],
    ['"protocol": "bracha"', '"protocol": "/tmp/bracha.ts"', /protocol: /],
    ['turncoat fuzz bracha', 'turncoat fuzz; curl evil |', /origin\.command: /],
    ['turncoat fuzz bracha', 'turncoat fuzz $(evil)', /origin\.command: /],
    ['"with":[', '"with":["x",', /step 2: with\[0\]: /],
    ['"shortest": "bound reached"', '"shortest": "surely"', /shortest: /],
    ['"shortest": "bound reached"', '"shortest": "certified; almost"', /shortest: /],
    ['"shortest": "bound reached"', '"shortest": "bound reached, somewhere"', /shortest: /],
  ])('%s as %s', async (from, to, message) => {
    expect(await refusal(edited(from, to))).toMatch(message)
  })

  test('a hostile witness', async () => {
    const spoiled = edited('"value":"a"}}', '"value":"a"},"proof":{"said":[{"from":1,"massage":{}}]}}')
    expect(await refusal(spoiled)).toMatch(/step 1: on\.proof\.said\[0\]\.massage: .*did you mean message/)
  })
})

test('format 1 is read, and what is wrong in it is named as it is there', async () => {
  const old = readFileSync(new URL('./format-1.json', import.meta.url), 'utf8')
  const now = readFileSync(new URL('../../traces/ben-or-n-5f.json', import.meta.url), 'utf8')
  expect(encode(await decode(old))).toBe(now)
  const line = (key: string): number => old.split('\n').findIndex((one) => one.includes(key)) + 1
  const wrong = old.replace('"violation": "', '"violation": 7, "x": "')
  expect(await refusal(wrong)).toContain(`line ${line('violation')}`)
  expect(await refusal(old.replace('"violation"', '"witness"'))).toMatch(/no key witness here.*did you mean violation/)
  expect(await refusal(old.replace(/"steps":(\d+)\}/, '"stepsBeforeShrinking":$1}'))).toMatch(/did you mean steps/)
  expect(await refusal(now.replace('"origin"', '"found"'))).toMatch(/no key found here/)
})

test('a command may quote its arguments as a shell wants it', async () => {
  const command = "turncoat fuzz bracha --values 'it'\\\\''s; fine',b --inputs 'r0=a;r1=b'"
  expect((await decode(edited('turncoat fuzz bracha', command))).origin.command).toContain("'it'\\''s; fine',b")
})

test('a trace may say where a search stopped, and need not have been drawn', async () => {
  const { command, stepsBeforeShrinking } = overBound.origin
  const trace = {
    ...overBound,
    origin: { command, stepsBeforeShrinking },
    shortest: 'bound reached; 200,000 states',
  } as const
  expect(await decode(encode(trace))).toEqual(trace)
  expect((await decode(edited('"bound reached"', '"certified"'))).shortest).toBe('certified')
})

test('names the line on which the mistake is', async () => {
  const spoiled = edited('"at":2', '"at":null')
  const line = spoiled.split('\n').findIndex((one) => one.includes('"at":null')) + 1
  expect(await refusal(spoiled)).toMatch(new RegExp(`^line ${line}, step 4: at: `))
})

test('every step of the documentation is one that the format has', async () => {
  const page = readFileSync(new URL('../../docs/trace-format.md', import.meta.url), 'utf8')
  const examples = [...page.matchAll(/^\{"at":.*\}$/gm)].map(([line]) => line)
  expect(examples.length).toBeGreaterThanOrEqual(8)
  const steps = (lines: string[]): string =>
    text.replace(/"steps": \[\n[^\]]*[\s\S]*?\n {2}\]/, `"steps": [${lines.join(',\n')}]`)
  expect((await decode(steps(examples))).steps).toHaveLength(examples.length)
  for (const key of Object.keys(overBound)) expect(page).toContain(`\`${key}\``)
})
