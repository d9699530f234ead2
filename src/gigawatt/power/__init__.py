"""The power room: a problem (`problem`), its linear programme (`reference`), words (`explain`), prices (`prices`)."""
