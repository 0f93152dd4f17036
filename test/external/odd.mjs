/**
 * A program that answers one thing, and is told by its argument how it goes wrong. On INPUT it does so; everything else it
 * answers as it should.
 */
import { createInterface } from 'node:readline'

const [, , mode, mark] = process.argv
const { existsSync, writeFileSync } = await import('node:fs')
let count = 0

/** Only the first process that comes here. */
function once() {
  if (existsSync(mark)) return false
  writeFileSync(mark, '')
  return true
}

function wrong(answer, id) {
  switch (mode) {
    case 'dies':
      process.stderr.write(`at ${process.pid}\nindex 7 is out of range\n`)
      process.exit(3)
      break
    case 'dies-once':
      if (once()) process.exit(3)
      break
    case 'killed-once':
      if (once()) process.kill(process.pid, 'SIGKILL')
      break
    case 'hangs':
      for (;;);
    case 'chats':
      process.stdout.write('got it\n')
      break
    case 'chats-late':
      answer({ do: [{ output: 'x' }] })
      process.stdout.write('that was it\n')
      return true
    case 'latin-1':
      process.stdout.write(Buffer.from(`{"id":${id},"do":[{"output":"\xe9"}]}\n`, 'latin1'))
      return true
    case 'rounded':
      process.stdout.write(`{"id":${id},"do":[{"output":9007199254740993}]}\n`)
      return true
    case 'large':
      process.stdout.write(
        `{"id":${id},"do":[{"output":[9007199254740994,0.12345678901234567,1.0000000000000002,"9007199254740993"]}]}\n`,
      )
      return true
    case 'action':
      return answer({ do: [{ shout: 'x' }] })
    case 'leaks': {
      const kept = []
      for (;;) kept.push(Buffer.alloc(2 ** 20, 1))
    }
    case 'errs':
      return answer({ error: 'TypeError: no such thing' })
    case 'chance':
      return answer({ do: [{ output: `${process.pid}` }] })
    case 'remembers':
      return answer({ do: [{ output: `${count}` }] })
    case 'asks':
      return answer({ ask: 'self' })
    default:
  }
  return false
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, event, state } = JSON.parse(line)
  const answer = (value) => {
    process.stdout.write(`${JSON.stringify({ id, ...value })}\n`)
    return true
  }
  count++
  if (mode === 'slow') await new Promise((done) => setTimeout(done, 300))
  if (event === 'init') answer({ state: { got: null } })
  else if (event === 'input') {
    if (wrong(answer, id)) continue
    answer({ state: { ...state, got: 'x' }, do: [{ output: 'x' }] })
  } else answer({})
}
if (mode === 'chats-last') process.stdout.write('bye\n')
