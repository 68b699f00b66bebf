import { integer, list, optional, pool, templates, type ToolSpec } from './toolSpec.ts';

export const musicTools: readonly ToolSpec[] = [
  {
    noun: 'song',
    verbs: ['play', 'start', 'hear'],
    domain: 'music',
    description: 'Plays a song.',
    parameters: { title: pool('song'), artist: optional(pool('artist')) },
    requests: templates({
      base: 'play {title} by {artist} / play the song {title} / play {title} / start the song {title} by {artist}',
      loop: 'i want to hear {title} by {artist} / put on {title} / let me listen to {title} / the song {title} by {artist} please',
      wide: 'how about {title} by {artist} / can we hear {title} now / {artist} with {title} please / turn up some {title} by {artist}',
      held: 'let me hear {title} by {artist} / i would listen to the song {title} now / put on the song {title} by {artist}',
    }),
    missing: {
      title: templates({
        base: 'play a song / play a song by {artist}',
        loop: 'i want to hear a song / put on a song by {artist}',
        wide: 'can we hear something / how about something by {artist}',
        held: 'put on a song / let me hear something by {artist}',
      }),
    },
  },
  {
    noun: 'volume',
    verbs: ['set', 'change', 'adjust'],
    domain: 'music',
    description: 'Sets the volume in per cent.',
    parameters: { level: integer(0, 100) },
    requests: templates({
      base: 'set the volume to {level} / volume {level} / change the volume to {level} / turn the volume to {level}',
      loop: 'make it {level} loud / sound at {level} please / i want volume {level} / bring the volume to {level}',
      wide: 'the sound should be {level} / play at {level} / go to {level} on the volume / louder up to {level}',
      held: 'the volume should be at {level} / {level} is the volume i want / make the sound {level}',
    }),
    missing: {
      level: templates({
        base: 'change the volume / set the volume',
        loop: 'make it loud / i want another volume',
        wide: 'the sound should be different / play it louder',
        held: 'i want the volume different / make the sound better',
      }),
    },
  },
  {
    noun: 'playlist',
    verbs: ['create', 'make', 'build'],
    domain: 'music',
    description: 'Makes a playlist of songs.',
    parameters: { name: pool('playlist'), songs: list('song') },
    requests: templates({
      base: 'create a playlist {name} with {songs} / make a playlist called {name} with {songs} / new playlist {name} with {songs} / start a playlist {name} containing {songs}',
      loop: 'put {songs} in a new playlist {name} / i want a playlist {name} of {songs} / build {name} as a playlist with {songs} / collect {songs} as playlist {name}',
      wide: 'save {songs} as {name} playlist / a list called {name} with the songs {songs} / {name} shall be a playlist from {songs} / gather {songs} under playlist {name}',
      held: 'collect {songs} in a playlist called {name} / i want {songs} as a new playlist {name} / playlist {name} should have {songs}',
    }),
    missing: {
      songs: templates({
        base: 'create a playlist {name} / make a playlist called {name}',
        loop: 'i want a playlist {name} / build {name} as a playlist',
        wide: '{name} shall be a playlist / a list called {name}',
        held: 'a new playlist called {name} / playlist {name} should have some songs',
      }),
      name: templates({
        base: 'create a playlist with {songs} / new playlist with {songs}',
        loop: 'put {songs} in a new playlist / i want a playlist of {songs}',
        wide: 'save {songs} as playlist / gather {songs} under a playlist',
        held: 'collect {songs} in a playlist / i want {songs} as a new playlist',
      }),
    },
  },
];
