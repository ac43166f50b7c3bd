exports.handler = async (event) => {
  if (event.Records === undefined) return { greeting: `hello ${event.name}` }
  for (const { body } of event.Records) console.log(`worked on ${body}`)
  return undefined
}
