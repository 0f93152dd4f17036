/**
 * The runtime of a program that Turncoat asks: a request a line on stdin, an answer a line on stdout.
 * A handler gets the state, what the event brings, and a context. It changes the state in place. What it asks for may not be
 * there yet: `Ask` then leaves the handler, the question is the answer, and the handler is run again with what is known.
 */
import { createInterface } from 'node:readline'

/** A question that has no answer yet. Let it pass. */
class Ask extends Error {
  readonly question: object

  constructor(question: object) {
    super('let this pass')
    this.question = question
  }
}

interface Request {
  readonly id: number
  readonly event: string
  readonly n: number
  readonly f: number
  readonly rules: any
  readonly answers: readonly any[]
  readonly [field: string]: any
}

export class Context {
  readonly actions: object[] = []
  readonly n: number
  readonly f: number
  readonly rules: any
  readonly #answers: any[]

  constructor({ n, f, rules, answers }: Request) {
    this.n = n
    this.f = f
    this.rules = rules
    this.#answers = [...answers]
  }

  #ask(question: object): any {
    if (this.#answers.length === 0) throw new Ask(question)
    return this.#answers.shift()
  }

  get self(): number {
    return this.#ask({ ask: 'self' })
  }

  get from(): number {
    return this.#ask({ ask: 'from' })
  }

  need(q: number, match: object): void {
    this.#ask({ ask: 'need', q, match })
  }

  /** @param summary the name of the function that makes something of the messages */
  take(q: number, match: object, summary: string): any {
    return this.#ask({ ask: 'take', q, match, summary })
  }

  broadcast(message: object): void {
    this.actions.push({ broadcast: message })
  }

  output(output: unknown): void {
    this.actions.push({ output })
  }

  setTimer(timer: string): void {
    this.actions.push({ timer })
  }
}

type Handlers = { readonly [name: string]: (...given: any[]) => unknown }

function answered(request: Request, handlers: Handlers): object {
  const { event, rule, timer, coin, summary, message, value, messages } = request
  if (event === 'summarise') return { summary: handlers[summary]!(messages) }
  const ctx = new Context(request)
  try {
    if (event === 'init') return { state: handlers['init']!(ctx), do: ctx.actions }
    handlers[rule ?? timer ?? coin ?? event]!(request['state'], message ?? value, ctx)
    return { state: request['state'], do: ctx.actions }
  } catch (error) {
    if (error instanceof Ask) return error.question
    return { error: String(error) }
  }
}

/** Answers until there is nothing more to read. Handlers by rule, timer or coin; `init`, `input`, and summaries. */
export async function serve(handlers: Handlers): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request
    process.stdout.write(`${JSON.stringify({ id: request.id, ...answered(request, handlers) })}\n`)
  }
}
