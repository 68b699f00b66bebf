import { integer, list, number, optional, pool, templates, type ToolSpec } from './toolSpec.ts';

export const shoppingTools: readonly ToolSpec[] = [
  {
    noun: 'product',
    verbs: ['search', 'find', 'browse'],
    domain: 'shopping',
    description: 'Searches the shop.',
    parameters: { query: pool('item'), max_price: optional(number(2, 90, 0.5)) },
    requests: templates({
      base: 'search for {query} under {max_price} / find {query} in the shop / look for {query} below {max_price} / search the shop for {query}',
      loop: 'i am looking for {query} for less than {max_price} / do you sell {query} / show {query} up to {max_price} / shop for {query}',
      wide: 'i would pay {max_price} at most for {query} / which {query} are there in the shop / what {query} can i get for {max_price} / browse {query}',
      held: 'can i get {query} for less than {max_price} / are there {query} in the shop / i am looking for {query} and pay up to {max_price}',
    }),
    missing: {
      query: templates({
        base: 'search the shop / find something under {max_price}',
        loop: 'shop for something / show something up to {max_price}',
        wide: 'what can i get for {max_price} / browse the shop',
        held: 'i am looking for something / can i get something for less than {max_price}',
      }),
    },
  },
  {
    noun: 'cart',
    verbs: ['fill', 'add', 'update'],
    domain: 'shopping',
    description: 'Puts items into the shopping cart.',
    parameters: { items: list('item') },
    requests: templates({
      base: 'add {items} to my cart / put {items} in the cart / add {items} to the cart / cart {items}',
      loop: 'i will take {items} / i want to buy {items} / into the cart with {items} / please get {items} in my cart',
      wide: '{items} should go in my cart / we need {items} in the cart / let me buy {items} / fill the cart with {items}',
      held: '{items} go into my cart / i will buy {items} / my cart needs {items}',
    }),
    missing: {
      items: templates({
        base: 'add something to my cart / put something in the cart',
        loop: 'i want to buy something / i will take something',
        wide: 'fill the cart / let me buy something',
        held: 'put something into the cart / my cart needs something',
      }),
    },
  },
  {
    noun: 'item',
    verbs: ['buy', 'order', 'get'],
    domain: 'shopping',
    description: 'Orders a number of pieces of an item.',
    parameters: { item: pool('item'), count: integer(1, 9) },
    requests: templates({
      base: 'order {count} {item} / buy {count} of {item} / place an order for {count} {item} / order {item} {count} times',
      loop: 'i need {count} {item} ordered / get me {count} of {item} / please order {item} and make it {count} / {count} {item} to order',
      wide: 'purchase {item} quantity {count} / we want {count} pieces of {item} / send me {count} {item} / {item} times {count} please order',
      held: 'i want {count} {item} ordered / get {item} for me {count} of them / please place an order {item} quantity {count}',
    }),
    missing: {
      count: templates({
        base: 'place an order for {item} / order some {item}',
        loop: 'i need {item} ordered / get me some of the {item}',
        wide: 'purchase {item} / we want pieces of {item}',
        held: 'please order {item} / i want {item} ordered',
      }),
      item: templates({
        base: 'place an order for {count} / order it {count} times',
        loop: 'i need {count} ordered / get me {count} of something',
        wide: 'purchase quantity {count} / we want {count} pieces',
        held: 'please order {count} of them / i want {count} ordered',
      }),
    },
  },
  {
    noun: 'order',
    verbs: ['track', 'follow', 'check'],
    domain: 'shopping',
    description: 'Says where an order is.',
    parameters: { order_id: integer(1000, 9999) },
    requests: templates({
      base: 'track order {order_id} / where is order {order_id} / track my order {order_id} / show the status of order {order_id}',
      loop: 'when does order {order_id} arrive / status of {order_id} / has order {order_id} been sent / follow order {order_id}',
      wide: 'is {order_id} on its way / i wait for order {order_id} / did order {order_id} ship / look up order {order_id}',
      held: 'when will order {order_id} be here / has {order_id} been sent or not / i want to know where order {order_id} is',
    }),
    missing: {
      order_id: templates({
        base: 'track my order / show the status of my order',
        loop: 'when does my order arrive / has my order been sent',
        wide: 'did my order ship / i wait for my order',
        held: 'where is my order / when will my order be here',
      }),
    },
    follows: {
      after: 'item',
      id: 'order_id',
      requests: templates({
        base: 'where is it / track it / show its status',
        loop: 'when does it arrive / has it been sent / follow it',
        wide: 'is it on its way / did it ship / look it up',
        held: 'when will it be here / has it been sent or not / i want to know where it is',
      }),
    },
  },
];
