/** What `npm test` leaves out, said before it begins. */
console.log(
  [
    'Left out here: the long tests (npm run test:long), among them those of campaigns on a queue, which start a Redis',
    'of their own: npm run test:campaign, with redis-server 7 on the PATH (apt-get install redis-server).',
  ].join('\n'),
)
