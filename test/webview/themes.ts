/** The theme colours that the pages use, as VS Code's four built-in kinds of theme set them. */
export const THEMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'dark-modern': {
    foreground: '#cccccc', 'editor-background': '#1f1f1f', descriptionForeground: '#9d9d9d', 'sideBar-background': '#181818', 'panel-border': '#2b2b2b',
    'badge-background': '#616161', 'badge-foreground': '#f8f8f8', focusBorder: '#0078d4', 'button-background': '#0078d4', 'button-foreground': '#ffffff', 'button-hoverBackground': '#026ec1',
    'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'button-secondaryHoverBackground': '#3c3c3c', errorForeground: '#f85149',
    'diffEditor-removedTextBackground': '#ff000033', 'diffEditor-insertedTextBackground': '#9ccc2c33', 'textBlockQuote-background': '#2b2b2b', 'textBlockQuote-border': '#616161', 'widget-border': '#313131',
    'inputValidation-infoBackground': '#063b49', 'inputValidation-infoBorder': '#007acc', 'inputValidation-errorBackground': '#5a1d1d', 'inputValidation-errorBorder': '#be1100',
    'keybindingLabel-foreground': '#cccccc', 'keybindingLabel-background': '#8080802b', 'keybindingLabel-border': '#33333399',
  },
  'light-modern': {
    foreground: '#3b3b3b', 'editor-background': '#ffffff', descriptionForeground: '#3b3b3b', 'sideBar-background': '#f8f8f8', 'panel-border': '#e5e5e5',
    'badge-background': '#cccccc', 'badge-foreground': '#3b3b3b', focusBorder: '#005fb8', 'button-background': '#005fb8', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0258a8',
    'button-secondaryBackground': '#e5e5e5', 'button-secondaryForeground': '#3b3b3b', 'button-secondaryHoverBackground': '#cccccc', errorForeground: '#c72e0f',
    'diffEditor-removedTextBackground': '#ff000033', 'diffEditor-insertedTextBackground': '#9ccc2c40', 'textBlockQuote-background': '#f8f8f8', 'textBlockQuote-border': '#e5e5e5', 'widget-border': '#e5e5e5',
    'inputValidation-infoBackground': '#d6ecf2', 'inputValidation-infoBorder': '#007acc', 'inputValidation-errorBackground': '#f2dede', 'inputValidation-errorBorder': '#be1100',
    'keybindingLabel-foreground': '#3b3b3b', 'keybindingLabel-background': '#dddddd66', 'keybindingLabel-border': '#cccccc66',
  },
  'high-contrast': {
    foreground: '#ffffff', 'editor-background': '#000000', descriptionForeground: '#ffffff', contrastBorder: '#6fc3df', 'sideBar-background': '#000000', 'panel-border': '#6fc3df',
    'badge-background': '#000000', 'badge-foreground': '#ffffff', focusBorder: '#f38518', 'button-background': '#000000', 'button-foreground': '#ffffff', 'button-border': '#6fc3df',
    'button-secondaryBackground': '#000000', 'button-secondaryForeground': '#ffffff', errorForeground: '#f48771', 'widget-border': '#6fc3df',
    'inputValidation-infoBackground': '#000000', 'inputValidation-infoBorder': '#6fc3df', 'inputValidation-errorBackground': '#000000', 'inputValidation-errorBorder': '#6fc3df', 'keybindingLabel-foreground': '#ffffff',
  },
  'high-contrast-light': {
    foreground: '#292929', 'editor-background': '#ffffff', descriptionForeground: '#292929', contrastBorder: '#0f4a85', 'sideBar-background': '#ffffff', 'panel-border': '#0f4a85',
    'badge-background': '#0f4a85', 'badge-foreground': '#ffffff', focusBorder: '#006bbd', 'button-background': '#0f4a85', 'button-foreground': '#ffffff', 'button-border': '#0f4a85',
    'button-secondaryBackground': '#ffffff', 'button-secondaryForeground': '#292929', 'button-secondaryHoverBackground': '#ffffff', errorForeground: '#b5200d', 'widget-border': '#0f4a85',
    'inputValidation-infoBackground': '#ffffff', 'inputValidation-infoBorder': '#0f4a85', 'inputValidation-errorBackground': '#ffffff', 'inputValidation-errorBorder': '#b5200d', 'keybindingLabel-foreground': '#292929',
  },
};
