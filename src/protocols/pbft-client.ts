/** PBFT's clients: they send requests, and accept what f + 1 replicas answer. */
import type { ClientDefinition } from '../model/index.ts'
import { isName, isNatural, nameOfRequest, replies } from './pbft-messages.ts'
import type { Pbft } from './pbft-rules.ts'

/** A client of the service (section 4.1). */
export const client: ClientDefinition<Pbft> = {
  init: () => ({ issued: [], timestamp: 0, operation: null, view: 0 }),

  /** Section 4.1: one request at a time, sent to the replica that the client believes is the primary. */
  input(state, operation, ctx) {
    const request = { operation, timestamp: state.timestamp + 1, client: ctx.self }
    if (state.operation !== null || state.issued.includes(operation) || !isName(nameOfRequest(request))) return
    Object.assign(state, { operation, timestamp: request.timestamp, issued: [...state.issued, operation].sort() })
    ctx.send(ctx.rules.primary(state.view), { type: 'REQUEST', ...request })
    ctx.setTimer('request')
  },

  timeout: {
    request({ operation, timestamp }, ctx) {
      if (operation !== null) ctx.broadcast({ type: 'REQUEST', operation, timestamp, client: ctx.self })
    },
  },

  upon: {
    REPLY(state, { view, timestamp, client, result }, ctx) {
      const { operation } = state
      if (operation === null || timestamp !== state.timestamp || client !== ctx.self) return
      ctx.need(ctx.rules.replyQuorum, replies(client, timestamp, result))
      ctx.output({ accepted: nameOfRequest({ operation, timestamp, client }), result })
      Object.assign(state, { operation: null, view: isNatural(view) ? view : state.view })
      ctx.cancelTimer('request')
    },
  },
}
