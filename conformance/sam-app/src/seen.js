const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb')

const client = new DynamoDBClient()

/** Writes down what called: a schedule's input, a queue's message, a table's change. */
exports.handler = async ({ what, Records = [] }) => {
  const words = Records.map(({ body, dynamodb }) => body ?? `function by ${dynamodb.NewImage.id.S}`)
  for (const word of what === undefined ? words : [what]) {
    await client.send(
      new PutItemCommand({ TableName: process.env.SEEN, Item: { what: { S: word } } }),
    )
  }
}
