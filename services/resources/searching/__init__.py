"""Search over titles, text and makers, in Chinese and English, within what the reader may see."""
