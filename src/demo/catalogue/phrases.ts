import { templates, type ByWording, type TemplateList } from './toolSpec.ts';

/** Requests that no tool of the world serves. */
export const offTopic: ByWording<TemplateList> = templates({
  base: 'tell me a joke / what is two plus two / who wrote hamlet / translate hello to french / how old is the sun / write a poem about rain / draw me a cat / who is the king of spain',
  loop: 'sing me a story / how tall is the tower / who won the race / what does the word mean / solve this riddle / do you like me / spell the word rhythm / which team won the cup',
  wide: 'how far is the moon / name a famous painter / what is your name / why is the sky blue / give me advice on love / count to ten / how many bones has a cat / explain the rules of chess',
  held: 'who painted the tower / why is the sun so far / tell me a riddle / what is the meaning of love / how old are you / write me a story / how many people live on the moon / explain the word irony',
});

/** Words before a request; the empty one is the most frequent. */
export const openers: ByWording<readonly string[]> = {
  base: ['', '', '', 'please', 'hey'],
  loop: ['', '', '', 'hi', 'could you help', 'ok'],
  wide: ['', '', '', 'well', 'hello there', 'now'],
  held: ['', '', '', 'hello', 'ok please', 'hi there'],
};

/** Words between two requests in one message. */
export const connectors: ByWording<readonly string[]> = {
  base: [' and ', ' and then '],
  loop: [' and also ', ', ', ' then '],
  wide: [' plus ', ' and after that ', '. also '],
  held: [' and next ', '. then ', ' as well as '],
};
