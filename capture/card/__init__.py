"""Cards of film: title, rows and frames of fiche and jackets."""
